const isMac = () => navigator.platform.startsWith('Mac');

/** A shortcut as keys, written `Mod+K`; Mod is Cmd on a Mac and Ctrl elsewhere. */
export function Kbd({ keys }: { keys: string }) {
  const parts = keys.split('+').map((key) => (key === 'Mod' ? (isMac() ? '⌘' : 'Ctrl') : key));
  return (
    <span className="kbd">
      {parts.map((part) => (
        <kbd key={part}>{part}</kbd>
      ))}
    </span>
  );
}
