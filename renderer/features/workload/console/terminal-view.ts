import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import type { ClientBytes } from '../../../../electron/bridge/client.ts';
import { pasteInPieces } from './paste.ts';
import { replayGuard } from './replay-guard.ts';

/** Lines that can be scrolled back to. */
const scrollback = 20_000;

/** A terminal outside React: its stream and scroll place live as long as it does. The maker disposes. */
export type TerminalView = {
  readonly element: HTMLElement;
  /** Shows a stream; the one before is closed. The screen is cleared unless `keep`. */
  attach(
    bytes: ClientBytes,
    options: {
      writable: boolean;
      /** Its lines end with a line feed alone: the return is added. */
      lineFeedOnly?: boolean;
      keep?: boolean;
      /** The first bytes have come. */
      onFirst?: () => void;
      onEnd: (end: Parameters<Parameters<ClientBytes['onEnd']>[0]>[0]) => void;
    },
  ): void;
  fit(): void;
  /** Takes the keyboard, at the latest once it is drawn. */
  focus(): void;
  /** Dim text of the window's own, not of the stream. */
  note(text: string): void;
  size(): { columns: number; rows: number };
  search(text: string, back: boolean): boolean;
  selection(): string;
  /** Everything that is in the scrollback, as text. */
  text(): string;
  setFontSize(pixels: number): void;
  setTheme(): void;
  clear(): void;
  dispose(): void;
};

function theme(element: HTMLElement): Record<string, string> {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: token('--terminal-bg') || token('--bg-0'),
    foreground: token('--text-1'),
    cursor: token('--accent'),
    cursorAccent: token('--bg-0'),
    selectionBackground: token('--accent-line'),
  };
}

/** Keys that the terminal leaves to the window: find and copy. */
const windowKeys = new Set(['KeyF', 'KeyC', 'KeyP']);
/** All that could move the cursor or change colours; line ends stay. */
const controls = /[^\P{Cc}\n]/gu;

/** Makes a terminal. What a guest sends can neither reach the clipboard nor type: no addon for either is loaded, and answers go only where a stream is writable. `onLink` gets a link that was clicked; nothing is opened here. */
export function createTerminalView(onLink: (address: string) => void): TerminalView {
  const element = document.createElement('div');
  element.className = 'terminal';
  const terminal = new Terminal({
    fontFamily: '"JetBrains Mono", ui-monospace, monospace',
    scrollback,
    cursorBlink: true,
    allowProposedApi: true,
    // Titles and clipboard requests of a guest are none of the window's business.
    windowOptions: {},
    linkHandler: { activate: (_event, address) => onLink(address), allowNonHttpProtocols: false },
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.loadAddon(new WebLinksAddon((_event, address) => onLink(address)));
  terminal.attachCustomKeyEventHandler(
    (event) =>
      !((event.ctrlKey || event.metaKey) && event.shiftKey && windowKeys.has(event.code)) &&
      !(event.shiftKey && event.key === 'Escape'),
  );
  // OSC 52 asks for the clipboard: taken and dropped.
  terminal.parser.registerOscHandler(52, () => true);
  let opened = false;
  let wantsFocus = false;
  let stream: ClientBytes | null = null;
  let writable = false;
  const encoder = new TextEncoder();
  const paste = pasteInPieces((text) => stream?.write(encoder.encode(text)));
  let guard = replayGuard(() => performance.now());
  terminal.onKey(() => guard.typed());
  terminal.onData((data) => {
    if (writable && guard.passes(data)) paste.send(data);
  });
  terminal.onBinary((data) => {
    if (writable) stream?.write(Uint8Array.from(data, (character) => character.charCodeAt(0)));
  });
  terminal.onResize(({ cols, rows }) => stream?.resize(cols, rows));
  const resized = new ResizeObserver(() => view.fit());
  const view: TerminalView = {
    element,
    attach(bytes, options) {
      stream?.close();
      paste.drop();
      if (!options.keep) terminal.reset();
      stream = bytes;
      guard = replayGuard(() => performance.now());
      writable = options.writable;
      terminal.options.convertEol = options.lineFeedOnly ?? false;
      terminal.options.disableStdin = !writable;
      terminal.options.cursorBlink = writable;
      let first = true;
      bytes.onData((chunk) => {
        if (first) options.onFirst?.();
        first = false;
        guard.received();
        // Credit goes back when the terminal has taken the bytes in: a flood waits at the host, not here.
        terminal.write(chunk, () => bytes.ack(chunk.length));
      });
      bytes.onEnd((end) => {
        if (stream !== bytes) return;
        writable = false;
        options.onEnd(end);
      });
      bytes.resize(terminal.cols, terminal.rows);
    },
    fit() {
      if (element.clientWidth === 0 || element.clientHeight === 0) return;
      if (!opened) {
        opened = true;
        terminal.open(element);
        terminal.options.theme = theme(element);
        if (wantsFocus) terminal.focus();
      }
      fit.fit();
    },
    focus() {
      wantsFocus = !opened;
      if (opened) terminal.focus();
    },
    note(text) {
      terminal.write(`\x1b[2m${text.replace(controls, '').replaceAll('\n', '\r\n')}\x1b[22m`);
    },
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
    search: (text, back) => (back ? search.findPrevious(text) : search.findNext(text)),
    selection: () => terminal.getSelection(),
    text() {
      const buffer = terminal.buffer.active;
      const lines: string[] = [];
      for (let row = 0; row < buffer.length; row += 1) lines.push(buffer.getLine(row)?.translateToString(true) ?? '');
      return lines.join('\n').trimEnd();
    },
    setFontSize(pixels) {
      if (terminal.options.fontSize === pixels) return;
      terminal.options.fontSize = pixels;
      view.fit();
    },
    setTheme() {
      if (opened) terminal.options.theme = theme(element);
    },
    clear: () => terminal.clear(),
    dispose() {
      resized.disconnect();
      stream?.close();
      stream = null;
      terminal.dispose();
      element.remove();
    },
  };
  resized.observe(element);
  return view;
}
