/** As `Promise.all`, but waits for the others too when one fails: what they make must be there before it is undone. */
export async function waitAll<const T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const ended = await Promise.allSettled(work);
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return Promise.all(work);
}

/** Does the work for each, some at one time; the results in order. After a failure none is begun any more; those under way are waited for. */
export async function eachAtMost<T, R>(
  atOnce: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce) {
    const part = items.slice(at, at + atOnce);
    results.push(...(await waitAll(part.map((item, index) => work(item, at + index)))));
  }
  return results;
}
