/** Names of the few messages between preload and main. All else goes over the bridge's port. */
export const channels = {
  /** Page asks for a port of the bridge. */
  requestPort: 'novacron:request-port',
  /** Main answers with the port. */
  port: 'novacron:port',
  /** Page asks for a native file dialog. */
  pickFile: 'novacron:pick-file',
} as const;
