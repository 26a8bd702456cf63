/** A text from elsewhere on one line, without control characters: names, logs and messages must not steer the terminal. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '�');
