import { switching } from './policies.ts';

export const specs = [switching];
