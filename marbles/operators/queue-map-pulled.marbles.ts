import { pulled } from './policies.ts';

export const specs = [pulled];
