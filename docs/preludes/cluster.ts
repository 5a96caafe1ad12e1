// What the blocks of the page take for granted.

import type { Authenticator } from '@nats-io/nats-core';
import type { Operation } from 'rxsluice';

export type Photo = Uint8Array;
export type Thumb = Uint8Array;

export declare function store(id: string | undefined, thumb: Thumb): Operation<void>;
export declare function render(photo: Photo): Promise<Thumb>;

export declare const authenticator: Authenticator;
export declare const user: string;
