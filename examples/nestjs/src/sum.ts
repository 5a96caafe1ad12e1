// A handler of a microservice: a coroutine, which is an Observable to Nest.

import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { type Operation, semaphore, sleep } from 'rxsluice';

const two = semaphore(2);

@Controller()
export class SumController {
  /** At most two sums at a time. */
  @MessagePattern('sum')
  sum(numbers: number[]): Operation<number> {
    return two.withPermit(() => adding(numbers));
  }
}

function* adding(numbers: number[]) {
  let sum = 0;
  for (const n of numbers) {
    yield* sleep(1);
    sum += n;
  }
  return sum;
}
