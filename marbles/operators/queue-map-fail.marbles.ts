import { fail } from './policies.ts';

export const specs = [fail];
