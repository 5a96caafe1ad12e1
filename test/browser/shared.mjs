// A SharedWorker: it serves every page that connects, each by a port of its own.

import { expose } from 'rxsluice/worker';

let calls = 0;

globalThis.onconnect = ({ ports: [port] }) => expose({ add: (a, b) => a + b, calls: () => ++calls }, port);
