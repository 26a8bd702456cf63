import type { ErrorData } from '../../electron/bridge/contract.ts';

/** All that is known of an error, as text to copy into a report. */
export function errorText(error: ErrorData): string {
  const { command, log, ...rest } = error.details;
  const lines = [`${error.code}: ${error.message}`];
  if (command) lines.push(`command: ${command}`);
  for (const [key, value] of Object.entries(rest)) {
    lines.push(`${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  if (Array.isArray(log) && log.length > 0) lines.push('output:', ...log.map((line) => `  ${line}`));
  return lines.join('\n');
}
