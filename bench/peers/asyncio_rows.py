"""asyncio: python3 asyncio_rows.py ROW N prints what it gave, and the CPU and wall time it took, as JSON."""

import asyncio
import gc
import json
import sys
import time
import tracemalloc


async def produce(numbers, start, end):
    for i in range(start, end):
        await numbers.put(i)


async def consume(numbers, n):
    total = 0
    for _ in range(n):
        total += await numbers.get()
    return total


async def answer(there, back, n):
    for _ in range(n):
        await back.put(await there.get() + 1)


async def item(n):
    numbers = asyncio.Queue(128)
    producer = asyncio.create_task(produce(numbers, 0, n))
    total = await consume(numbers, n)
    await producer
    return total


async def four_to_four(n):
    numbers = asyncio.Queue(64)
    share = n // 4
    async with asyncio.TaskGroup() as group:
        for i in range(4):
            group.create_task(produce(numbers, i * share, (i + 1) * share))
        consumers = [group.create_task(consume(numbers, share)) for _ in range(4)]
    return sum(task.result() for task in consumers)


async def round_trip(n):
    """A queue of one: there is no rendezvous."""
    there = asyncio.Queue(1)
    back = asyncio.Queue(1)
    task = asyncio.create_task(answer(there, back, n))
    total = 0
    for i in range(n):
        await there.put(i)
        total += await back.get()
    await task
    return total


async def choose(queues, n):
    """A wait for the first of several gets; those that are not done wait on."""
    gets = {asyncio.create_task(queue.get()): queue for queue in queues}
    total = 0
    taken = 0
    while taken < n:
        done, _ = await asyncio.wait(gets, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            queue = gets.pop(task)
            total += task.result()
            taken += 1
            gets[asyncio.create_task(queue.get())] = queue
    for task in gets:
        task.cancel()
    return total


async def select(n):
    queues = [asyncio.Queue(64) for _ in range(4)]
    share = n // 4
    async with asyncio.TaskGroup() as group:
        for i, queue in enumerate(queues):
            group.create_task(produce(queue, i * share, (i + 1) * share))
        return await choose(queues, n)


async def merge_select(n):
    queues = [asyncio.Queue(128) for _ in range(65)]
    async with asyncio.TaskGroup() as group:
        group.create_task(produce(queues[64], 0, n))
        return await choose(queues, n)


async def one():
    return 1


async def spawn(n):
    total = 0
    for _ in range(n):
        total += await asyncio.create_task(one())
    return total


async def count(numbers):
    i = 2
    while True:
        await numbers.put(i)
        i += 1


async def keep(source, target, prime):
    while True:
        number = await source.get()
        if number % prime != 0:
            await target.put(number)


async def sieve(n):
    numbers = asyncio.Queue(1)
    tasks = [asyncio.create_task(count(numbers))]
    prime = 0
    for _ in range(n):
        prime = await numbers.get()
        target = asyncio.Queue(1)
        tasks.append(asyncio.create_task(keep(numbers, target, prime)))
        numbers = target
    for task in tasks:
        task.cancel()
    return prime


async def map_stages(n):
    line = [asyncio.Queue(64) for _ in range(4)]
    async with asyncio.TaskGroup() as group:
        group.create_task(produce(line[0], 0, n))
        for source, target in zip(line, line[1:]):
            group.create_task(answer(source, target, n))
        return await consume(line[3], n)


async def pool(n):
    """Sixteen workers, each of which gives way once for each job."""
    jobs = iter(range(n))

    async def work():
        total = 0
        for i in jobs:
            await asyncio.sleep(0)
            total += i
        return total

    return sum(await asyncio.gather(*(work() for _ in range(16))))


async def state_owner(n):
    """A state behind a lock; 100 readers and 10 writers."""
    lock = asyncio.Lock()
    state = 0

    async def read():
        for _ in range(n // 110):
            async with lock:
                _ = state

    async def write():
        nonlocal state
        for _ in range(n // 110):
            async with lock:
                await asyncio.sleep(0)
                state += 1

    await asyncio.gather(*(read() for _ in range(100)), *(write() for _ in range(10)))
    return state * 11


async def blocked(n):
    """Bytes for each of n tasks that wait to receive."""
    numbers = asyncio.Queue()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tasks = [asyncio.create_task(consume(numbers, 1)) for _ in range(n)]
    await asyncio.sleep(0)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    for task in tasks:
        task.cancel()
    return (after - before) / n


def main():
    name, n = sys.argv[1].replace("-", "_"), int(sys.argv[2])
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    got = asyncio.run(globals()[name](n))
    cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
    print(json.dumps({"got": got, "cpu": cpu, "wall": wall}))


main()
