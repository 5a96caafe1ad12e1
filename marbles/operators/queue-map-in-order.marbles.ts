import { inOrder } from './policies.ts';

export const specs = [inOrder];
