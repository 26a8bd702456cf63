import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/** Not bundled: Electron is there at run time, better-sqlite3 carries native code, the fake driver is for tests only. */
const external = ['electron', 'better-sqlite3', '*.node', 'cpu-features'];

/** CommonJS packages inside the bundle ask for `require` and `__dirname`, which modules do not have. */
const moduleBanner = [
  "import { createRequire as novacronCreateRequire } from 'node:module';",
  'const require = novacronCreateRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/** Bundles the entry points of Electron, the server and the command line into `out`. */
export async function bundleEntryPoints(root: string, out: string): Promise<void> {
  const common: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    // What Electron 45 and the pinned Node understand.
    target: 'node24',
    external,
    sourcemap: true,
    logLevel: 'warning',
    legalComments: 'none',
    // Less to read and to check at each start; names stay, so that a stack says where.
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [
      {
        name: 'leave-zod-in-one-language',
        setup(builder) {
          // Its messages in forty other languages come with the name `z`; nothing here asks for them.
          builder.onResolve({ filter: /locales\/index\.js$/ }, ({ importer }) =>
            /[\\/]zod[\\/]/.test(importer) ? { path: 'zod-locales', namespace: 'empty' } : null,
          );
          builder.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export {}' }));
        },
      },
      {
        name: 'leave-the-fake-driver-out',
        setup(builder) {
          builder.onResolve({ filter: /conformance\/fake\/fake-driver\.ts$/ }, () => ({
            // From `out/` of a checkout this finds the source; a package does not hold it.
            path: '../drivers/conformance/fake/fake-driver.ts',
            external: true,
          }));
        },
      },
    ],
  };
  await Promise.all([
    build({
      ...common,
      entryPoints: ['electron/main.ts', 'electron/server.ts', 'electron/cli.ts'],
      outdir: out,
      format: 'esm',
      splitting: true,
      // Beside the entry points: sources find `resources/` and `renderer/` from their own folder.
      chunkNames: '[name]-[hash]',
      banner: { js: moduleBanner },
    }),
    // A sandboxed preload script is CommonJS and may require nothing but `electron`.
    build({ ...common, entryPoints: ['electron/preload.ts'], outfile: join(out, 'preload.cjs'), format: 'cjs' }),
  ]);
}
