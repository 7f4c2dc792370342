import { wrong, type WrongStore } from "./wrong-store.ts";

const order = "listQueuedJobs() and listRunningJobs() list one state of one lane, in order of sequence";
const whole = "listQueuedJobs() and listRunningJobs() give whole rows";
const owners = "listQueuedJobs() and listRunningJobs() with an owner list only that owner's rows";
const pages = "listQueuedJobs() and listRunningJobs() go through a lane in pages";
const limits = "listQueuedJobs() lists 1,000 rows by default, and all of them with limit Infinity";
const methods = ["listQueuedJobs", "listRunningJobs"] as const;

export const wrongLists: readonly WrongStore[] = [
  ...methods.flatMap((method) => [
    wrong(order, `sorts by epoch, then by sequence in ${method}()`, (inner) => ({
      [method]: async (lane: string) =>
        (await inner[method](lane)).sort((one, two) => one.epoch - two.epoch || two.sequence - one.sequence),
    })),
    wrong(order, `does not look at the lane in ${method}()`, (inner) => {
      const lanes = new Set<string>();
      return {
        enqueueJob: async (job) => {
          lanes.add(job.lane);
          return inner.enqueueJob(job);
        },
        [method]: async () => (await Promise.all([...lanes].map((lane) => inner[method](lane)))).flat(),
      };
    }),
    wrong(whole, `lists less than there is in ${method}()`, (inner) => ({
      [method]: async (lane: string) =>
        (await inner[method](lane)).map((row) => ({ ...row, callerId: undefined })),
    })),
    wrong(owners, `does not look at the owner in ${method}()`, (inner) => ({
      [method]: async (lane: string) => inner[method](lane),
    })),
    wrong(pages, `begins a page with the last row of the one before in ${method}()`, (inner) => ({
      [method]: async (lane: string, { afterSequence = 0, limit = 1 } = {}) =>
        inner[method](lane, { afterSequence: Math.max(0, afterSequence - 1), limit }),
    })),
    wrong(pages, `begins every page at the first row in ${method}()`, (inner) => ({
      [method]: async (lane: string, { limit = 1 } = {}) => inner[method](lane, { limit }),
    })),
    wrong(pages, `counts the limit before it looks at the state in ${method}()`, (inner) => ({
      [method]: async (lane: string, { afterSequence = 0, limit = 1 } = {}) => {
        const rows = await inner[method](lane, { afterSequence, limit });
        return rows.filter(({ sequence }) => sequence <= afterSequence + limit);
      },
    })),
  ]),
  wrong(order, "lists jobs that run as queued", (inner) => ({
    listQueuedJobs: async (lane) => {
      const rows = [...(await inner.listQueuedJobs(lane)), ...(await inner.listRunningJobs(lane))];
      return rows.sort((one, two) => one.sequence - two.sequence);
    },
  })),
  wrong(limits, "lists 100 rows by default", (inner) => ({
    listQueuedJobs: async (lane, { limit = 100 } = {}) => inner.listQueuedJobs(lane, { limit }),
  })),
  wrong(limits, "takes an undefined limit for none", (inner) => ({
    listQueuedJobs: async (lane, options = { limit: 1_000 }) =>
      inner.listQueuedJobs(lane, { limit: options.limit ?? Number.POSITIVE_INFINITY }),
  })),
  wrong(limits, "has no default limit", (inner) => ({
    listQueuedJobs: async (lane, { limit = Number.POSITIVE_INFINITY } = {}) =>
      inner.listQueuedJobs(lane, { limit }),
  })),
  wrong(limits, "takes Infinity for the default", (inner) => ({
    listQueuedJobs: async (lane) => inner.listQueuedJobs(lane),
  })),
];
