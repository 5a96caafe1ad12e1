import { byKey } from './policies.ts';

export const specs = [byKey];
