// Before each file of tests: chance begins as in a process of its own.

import { seedSelect } from '../src/index.ts';

seedSelect(1);
