// One owner of a state behind two controllers: requests of both are served one at a time, also while a step takes its time.

import { Controller, Get, Inject, Injectable, Param, Post } from '@nestjs/common';
import { type Operation, sleep, stateOwner } from 'rxsluice';

@Injectable()
export class Counter {
  readonly #state = stateOwner(0, { name: 'counter' });

  read(): Operation<number> {
    return this.#state.read((count) => count);
  }

  /** A step that waits: nobody sees or changes the state meanwhile. */
  add(n: number): Operation<number> {
    return this.#state.update(function* (count) {
      yield* sleep(1);
      return count + n;
    });
  }
}

// An operation is an Observable: Nest subscribes to it, and answers with its value.

@Controller('count')
export class CountController {
  constructor(@Inject(Counter) private readonly counter: Counter) {}

  @Get()
  read(): Operation<number> {
    return this.counter.read();
  }
}

@Controller('add')
export class AddController {
  constructor(@Inject(Counter) private readonly counter: Counter) {}

  @Post(':n')
  add(@Param('n') n: string): Operation<number> {
    return this.counter.add(Number(n));
  }
}
