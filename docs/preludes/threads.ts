// What the blocks of the page take for granted.

export declare const handlers: { fill(size: number): Uint8Array };
