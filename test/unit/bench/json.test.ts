import { expect, test } from 'vitest';
import { report } from '../../bench/json.ts';
import { benchMachine, machineText } from '../../bench/machine.ts';

test('the JSON holds every sample, the verdict, and why a row is not there', () => {
  const machine = benchMachine();
  const made = report(machine, [
    {
      name: 'start',
      value: [1, 2, 3],
      unit: 'ms',
      peer: { name: 'QEMU', value: 4 },
      goal: { ratioAtMost: 1.1 },
      note: 'busy',
    },
    { name: 'size', value: 3, unit: 'MB', goal: null },
    { name: 'virsh', skipped: 'libvirt is missing' },
  ]);
  expect(JSON.parse(JSON.stringify(made))).toEqual({
    machine,
    rows: [
      {
        name: 'start',
        unit: 'ms',
        ours: { median: 2, spread: 0.5, samples: [1, 2, 3] },
        peer: { name: 'QEMU', median: 4, spread: 0, samples: [4] },
        ratio: 0.5,
        goal: { ratioAtMost: 1.1 },
        verdict: 'met',
        note: 'busy',
      },
      {
        name: 'size',
        unit: 'MB',
        ours: { median: 3, spread: 0, samples: [3] },
        peer: null,
        ratio: null,
        goal: null,
        verdict: 'no goal',
        note: null,
      },
      { name: 'virsh', skipped: 'libvirt is missing' },
    ],
  });
});

test('the machine is told in one line', () => {
  expect(
    machineText({ cpu: 'Fast', cores: 2, memoryBytes: 24 * 2 ** 30, kernel: '6.1', node: 'v24.0.0', load: 0.25 }),
  ).toBe('2 x Fast, 24 GiB, kernel 6.1, Node v24.0.0, load 0.3');
});
