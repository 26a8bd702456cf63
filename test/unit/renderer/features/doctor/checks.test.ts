import { expect, it } from 'vitest';
import type { DoctorCheck } from '../../../../../electron/bridge/contract.ts';
import { sortChecks, summary } from '../../../../../renderer/features/doctor/checks.ts';

const check = (id: string, status: DoctorCheck['status'], muted = false): DoctorCheck => ({
  id,
  title: id,
  status,
  detail: '',
  fixes: [],
  muted,
});
const checks = [check('a', 'ok'), check('b', 'warning'), check('c', 'problem', true), check('d', 'problem')];

it('shows what is wrong first and muted ones last', () => {
  expect(sortChecks(checks).map((one) => one.id)).toEqual(['d', 'b', 'a', 'c']);
});

it('counts what asks for something', () => {
  expect(summary(checks)).toBe(2);
});
