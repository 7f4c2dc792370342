/**
 * Takes the force out of comments that steer an analyser, and keeps every byte offset.
 *
 * A disable comment is part of the reviewed repository's linter configuration, and that repository
 * is hostile: its author must not be able to switch the reviewer off. oxlint has no option to ignore
 * such comments (oxc-project/oxc#15173), so one character of each is changed in the copy that it
 * reads. So is `@flow`, with which oxlint keeps quiet about what it cannot parse.
 */
export function defuseSteeringComments(text: string): string {
  return text.replace(/\b((?:es|ox)lint)-(?=disable|enable)/g, "$1_").replace(/@flow\b/g, "@fl_w");
}
