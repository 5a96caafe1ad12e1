import { channel, forEach, go, sleep } from 'rxsluice';

const books = channel<string>(2);

go(function* () {
  for (const title of ['Emma', 'Dune', 'Ulysses', 'Beloved']) {
    yield* books.send(title); // waits while two are buffered
    console.log(`sent ${title}`);
  }
  books.close();
});

const reading = forEach(books, function* (title) {
  yield* sleep(10); // reading takes time
  console.log(`  read ${title}`);
});
reading.subscribe(() => {
  console.log('all read');
});
