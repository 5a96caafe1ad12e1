import { merge } from './policies.ts';

export const specs = [merge];
