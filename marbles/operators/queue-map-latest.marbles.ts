import { latest } from './policies.ts';

export const specs = [latest];
