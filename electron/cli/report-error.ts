import { errorData } from '../bridge/contract.ts';
import { plain } from './plain.ts';

/** Tells a failure on standard error: what happened, what to do, and the last lines that the engine printed. */
export function reportError(error: unknown): void {
  const data = errorData(error);
  const { field } = data.details;
  const lines = [
    `novacron: ${plain(data.message)} (${data.code})`,
    ...(field === undefined || data.message.includes(field) ? [] : [`  It is about ${plain(field)}.`]),
    ...(data.details.fixes ?? []).map((fix) => `  ${plain(fix)}`),
    ...(data.details.log ?? []).slice(-10).map((line) => `  | ${plain(line)}`),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
