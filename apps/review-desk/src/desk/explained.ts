import type { StandardSchema } from "@executus/config";

/**
 * The schema of a secret setting, which tells what it refuses: config shows nothing of that, since another schema may quote what it
 * was given. This one must not.
 *
 * @param tell gets `'members.1.id': why`, the name of the setting first
 */
export function explained<T>(
  name: string,
  schema: StandardSchema<T>,
  tell: (problem: string) => void,
): StandardSchema<T> {
  return {
    "~standard": {
      ...schema["~standard"],
      async validate(value) {
        const result = await schema["~standard"].validate(value);
        for (const { message, path = [] } of result.issues ?? []) {
          const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
          tell(`'${[name, ...keys].join(".")}': ${message}`);
        }
        return result;
      },
    },
  };
}
