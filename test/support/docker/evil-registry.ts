import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

/**
 * A registry (Docker Registry HTTP API V2) that serves one image wrongly. Started as a program of its own, in the network
 * namespace of the daemon under test: `evil-registry.ts MODE`, where MODE is `digest` (a layer with other bytes than its
 * digest says), `large` (a layer of 48 MB), `cut` (the connection ends in the middle of a layer), `stall` (half a layer and then nothing), `stall-once` (that, and
 * whole when it is asked again), `silent-once` (not even an answer to the first question for the image) or `refuse`
 * (401). Prints its port.
 */
const mode = process.argv[2] ?? 'digest';
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
// An empty archive; what follows its end makes it another one each time.
const tar = Buffer.concat([
  Buffer.alloc(mode === 'large' ? 48 * 1024 ** 2 : 64 * 1024),
  Buffer.from(String(Math.random())),
]);
const layer = gzipSync(tar, { level: 0 });
const config = Buffer.from(
  JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  }),
);
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: config.length,
      digest: digestOf(config),
    },
    layers: [
      { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: layer.length, digest: digestOf(layer) },
    ],
  }),
);

let asked = 0;
let manifests = 0;

const server = createServer((request, response) => {
  const url = request.url ?? '';
  if (mode === 'refuse') {
    response.writeHead(401, {
      'www-authenticate': 'Basic realm="no"',
      'docker-distribution-api-version': 'registry/2.0',
    });
    response.end();
    return;
  }
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  if (url.includes('/manifests/')) {
    manifests += 1;
    if (mode === 'silent-once' && manifests === 1) return;
    response.writeHead(200, {
      'content-type': 'application/vnd.docker.distribution.manifest.v2+json',
      'docker-content-digest': digestOf(manifest),
      'content-length': manifest.length,
    });
    response.end(manifest);
  } else if (url.endsWith(digestOf(config))) {
    response.end(config);
  } else if (url.endsWith(digestOf(layer))) {
    response.setHeader('content-length', layer.length);
    asked += 1;
    if (mode === 'large' || mode === 'silent-once' || (mode === 'stall-once' && asked > 1)) {
      response.end(layer);
      return;
    }
    if (mode === 'digest') {
      response.end(Buffer.alloc(layer.length, 7));
      return;
    }
    response.write(layer.subarray(0, layer.length / 2), () => {
      if (mode === 'cut') response.destroy();
    });
  } else {
    response.end('{}');
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
