/**
 * What every member resolver and every policy has to pass.
 *
 * @module
 */
export type { ConformanceTest } from "./conformance/conformance-test.ts";
export { policyConformance, type PolicyGrant } from "./conformance/policy-suite.ts";
export { memberResolverConformance, type OpenedResolver } from "./conformance/resolver-suite.ts";
