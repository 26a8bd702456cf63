import { afterAll, describe, it } from 'vitest';
import { openKit } from '../../../drivers/conformance/suite/kit.ts';
import { checkLimitMs, checks, runCheck, settledProbe, whyNot } from '../../../drivers/conformance/suite/suite.ts';
import type { Target } from '../../../drivers/conformance/suite/target.ts';

/** Makes a vitest test of each check. Called at the top of a test file with `await`: what can't run here is known first. */
export async function conformanceTests(target: Target): Promise<void> {
  const kit = openKit(target);
  const { capabilities } = await settledProbe(kit);
  afterAll(async () => {
    await kit.close();
    await target.dispose();
  });
  describe(`${target.name} driver`, () => {
    for (const check of checks) {
      const reason = whyNot(check, target, capabilities);
      const title = `${check.id}: ${check.title}`;
      it.skipIf(reason !== null)(
        reason === null ? title : `${title} [skipped: ${reason}]`,
        { timeout: 2 * checkLimitMs },
        async () => {
          await runCheck(check, kit);
        },
      );
    }
  });
}
