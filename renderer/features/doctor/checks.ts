import type { DoctorCheck } from '../../../electron/bridge/contract.ts';

const order = ['problem', 'warning', 'unknown', 'ok'];

/** What is wrong first; muted ones last; the rest in the host's order. */
export function sortChecks(checks: readonly DoctorCheck[]): DoctorCheck[] {
  const rank = (check: DoctorCheck) => (check.muted ? order.length : order.indexOf(check.status));
  return [...checks].sort((a, b) => rank(a) - rank(b));
}

/** How many checks ask for something. */
export function summary(checks: readonly DoctorCheck[]): number {
  return checks.filter((check) => !check.muted && (check.status === 'problem' || check.status === 'warning')).length;
}
