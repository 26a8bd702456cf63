declare module '*.css';
declare module '@fontsource-variable/inter';
declare module '@fontsource/jetbrains-mono';

/** The part of noVNC that is used. Source: its docs/API.md. */
declare module '@novnc/novnc' {
  type RfbEvents = {
    connect: CustomEvent<object>;
    disconnect: CustomEvent<{ clean: boolean }>;
    securityfailure: CustomEvent<{ status: number; reason?: string }>;
  };
  class Rfb extends EventTarget {
    constructor(target: HTMLElement, channel: object, options?: { shared?: boolean });
    scaleViewport: boolean;
    viewOnly: boolean;
    background: string;
    qualityLevel: number;
    compressionLevel: number;
    showDotCursor: boolean;
    disconnect(): void;
    focus(options?: FocusOptions): void;
    blur(): void;
    sendKey(keysym: number, code: string | null, down?: boolean): void;
    addEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void;
  }

  export { Rfb as default };
}
