/** Endings of the files that a machine is made from, as they are usual. */
export const endings = {
  disk: ['qcow2', 'img', 'raw', 'vmdk', 'vdi', 'vhdx'],
  cd: ['iso', 'img'],
  any: [],
} satisfies Record<string, string[]>;
