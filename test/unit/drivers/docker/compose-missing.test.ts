import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDockerCompose } from '../../../../drivers/docker/compose/group.ts';
import { recordingContext } from '../../../support/operation.ts';

it('says that there is no Compose and how to get one, and asks the engine nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nova-no-compose-'));
  try {
    const file = join(folder, 'compose.yaml');
    writeFileSync(file, 'name: shop\n');
    const compose = createDockerCompose({} as never, { PATH: folder, HOME: folder }, {} as never);
    await expect(compose.up(recordingContext(), { file })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^Docker Compose is not installed .* nothing can bring shop up\.$/) as string,
      details: { fixes: [expect.stringContaining('apt-get install docker-compose') as string] },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
