import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Caller } from "../desk/members.ts";

/** What a request carries once its token is checked. */
export interface ServiceEnv {
  Bindings: HttpBindings;
  Variables: { caller: Caller };
}

export type ServiceContext = Context<ServiceEnv>;
