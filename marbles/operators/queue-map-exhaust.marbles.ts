import { exhaust } from './policies.ts';

export const specs = [exhaust];
