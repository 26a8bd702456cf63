import packageJson from '../package.json' with { type: 'json' };

/** The version of this NovaCron. */
export const version: string = packageJson.version;
