/** The SDK's advice is for whoever writes the app, not for whoever runs it. */
export function quietSdk(): void {
  (globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;
}
