import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InfiniteQueryObserver } from '@tanstack/react-query';
import { LiveQueryClient } from './LiveQueryClient.ts';

test('a next page that somebody asked for comes, however much changes meanwhile, and is as new as the others', async () => {
  const client = new LiveQueryClient();
  const answers: PromiseWithResolvers<string>[] = [];
  const observer = new InfiniteQueryObserver<string>(client, {
    queryKey: ['contact', 'list'],
    queryFn: ({ pageParam, signal }) => {
      const answer = Promise.withResolvers<string>();
      signal.addEventListener('abort', () => answer.reject(signal.reason));
      answers.push(answer);
      return answer.promise.then((version) => `page ${pageParam} ${version}`);
    },
    initialPageParam: 1,
    getNextPageParam: (_last, pages) => pages.length + 1,
  });
  const release = observer.subscribe(() => {});
  const answer = async (version: string) => {
    for (let turns = 0; answers.length === 0; turns++) {
      assert.ok(turns < 1_000, 'nothing more is read');
      await new Promise((done) => setImmediate(done));
    }
    answers.shift()!.resolve(version);
  };
  await answer('old');
  await observer.getCurrentQuery().promise;

  const asked = observer.fetchNextPage();
  const invalidated = client.invalidateQueries({ queryKey: ['contact'] });
  await answer('old');
  await answer('new');
  await answer('new');
  await Promise.all([asked, invalidated]);
  assert.deepEqual(observer.getCurrentResult().data?.pages, ['page 1 new', 'page 2 new']);
  release();
  client.clear();
});
