import { conformanceTests } from '../../support/conformance/front.ts';
import { qemuTarget } from '../../support/conformance/qemu-target.ts';

await conformanceTests(await qemuTarget());
