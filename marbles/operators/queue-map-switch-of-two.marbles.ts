import { switchOfTwo } from './policies.ts';

export const specs = [switchOfTwo];
