import { expose } from 'rxsluice/worker';

expose({ add: (a, b) => a + b });
