/** How many jobs stand where, and the cap (-1 for none): queued, running, finished, cancelled, failed, cap. */
export const count: string = String.raw`
return {
  rcall('ZCARD', PRIO),
  rcall('LLEN', base .. 'active') + rcall('LLEN', base .. 'wait'),
  rcall('ZCARD', base .. 'completed'),
  rcall('ZCARD', LANE .. ':cancelled'),
  rcall('ZCARD', base .. 'failed'),
  limitNow(),
}
`;
