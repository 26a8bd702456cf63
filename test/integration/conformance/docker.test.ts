import { describe, it } from 'vitest';
import { dockerTarget } from '../../support/conformance/docker-target.ts';
import { conformanceTests } from '../../support/conformance/front.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';

const reason = await whyNoDocker();
if (reason === null) await conformanceTests(await dockerTarget());
else describe('docker driver', () => it.skip(`all checks [skipped: ${reason}]`, () => undefined));
