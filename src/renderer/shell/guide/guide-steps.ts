// The steps of the guide and whether it is due. Pure.
import type { Settings } from "../../../contract/settings.ts";

export const guideSteps = ["look", "found", "trust", "try"] as const;
export type GuideStep = (typeof guideSteps)[number];

/** Once, for a person who has nothing here yet; a link to a session leads past it. */
export const isGuideDue = (
  { guided }: Pick<Settings, "guided">,
  sessions: readonly unknown[],
  hasOpenSession: boolean,
): boolean => !guided && sessions.length === 0 && !hasOpenSession;

/** The step `by` places further; null: past the end. */
export const stepAfter = (step: GuideStep, by: 1 | -1): GuideStep | null =>
  guideSteps[guideSteps.indexOf(step) + by] ?? null;
