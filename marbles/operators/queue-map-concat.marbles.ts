import { concat } from './policies.ts';

export const specs = [concat];
