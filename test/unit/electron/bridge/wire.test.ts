import { describe, expect, it } from 'vitest';
import { binaryHeaderBytes, clientMessageSchema, decodeData, encodeData } from '../../../../electron/bridge/wire.ts';

describe('binary frames', () => {
  it.each([
    [1, new Uint8Array(0)],
    [7, new Uint8Array([0, 255, 10])],
    [0xffff_ffff, new Uint8Array(70_000).fill(3)],
  ])('carries %i and its bytes', (stream, payload) => {
    const frame = encodeData(stream, payload);
    expect(frame.length).toBe(binaryHeaderBytes + payload.length);
    expect(decodeData(frame)).toEqual({ stream, payload });
  });

  it('reads a frame that is a part of a larger buffer', () => {
    const whole = new Uint8Array(100);
    whole.set(encodeData(9, new Uint8Array([1, 2])), 10);
    expect(decodeData(whole.subarray(10, 17))).toEqual({ stream: 9, payload: new Uint8Array([1, 2]) });
  });

  it.each([[new Uint8Array(0)], [new Uint8Array(4)], [new Uint8Array([0, 0, 0, 1, 9, 1])]])('refuses %s', (frame) => {
    expect(decodeData(frame)).toBeNull();
  });
});

describe('client messages', () => {
  it.each([
    [{ t: 'call', id: 1, method: 'host.info', input: {} }, true],
    [{ t: 'call', id: 0, method: 'host.info', input: {} }, false],
    [{ t: 'call', id: 1.5, method: 'host.info', input: {} }, false],
    [{ t: 'call', id: 1, method: 'host.info', input: {}, more: 1 }, false],
    [{ t: 'ack', id: 1, bytes: -1 }, false],
    [{ t: 'resize', id: 1, columns: 0, rows: 1 }, false],
    [{ t: 'other', id: 1 }, false],
    [null, false],
    ['text', false],
  ])('%j is accepted: %s', (message, accepted) => {
    expect(clientMessageSchema.safeParse(message).success).toBe(accepted);
  });
});
