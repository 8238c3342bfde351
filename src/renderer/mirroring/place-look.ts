// Where a file is, as a sign and a sentence. Pure.
import type { FilePlace } from "../../contract/mirror.ts";
import { CircleAlert, CloudCheck, CloudDownload, CloudUpload, HardDrive } from "../ui/icons.ts";
import type { Icon } from "../ui/icons.ts";
import type { Tone } from "../ui/tones.ts";
import type { Words } from "../words/words.ts";

type Place = Pick<FilePlace, "here" | "cloud">;
type Look = { says: keyof Words["mirroring"]["places"]; icon: Icon; tone: Tone };

const ofHere: Readonly<Record<Place["cloud"], Look>> = {
  whole: { says: "both", icon: CloudCheck, tone: "mint" },
  partly: { says: "going", icon: CloudUpload, tone: "blue" },
  missing: { says: "here", icon: HardDrive, tone: "card" },
  unknown: { says: "hereAtLeast", icon: HardDrive, tone: "card" },
};
const missing: Look = { says: "missing", icon: CircleAlert, tone: "red" };
const ofElsewhere: Readonly<Record<Place["cloud"], Look>> = {
  whole: { says: "cloud", icon: CloudDownload, tone: "yellow" },
  partly: missing,
  missing,
  unknown: { says: "notHere", icon: CircleAlert, tone: "red" },
};

export const lookOfPlace = ({ here, cloud }: Place): Look => (here ? ofHere : ofElsewhere)[cloud];

/** Only the cloud has it: it can be fetched. */
export const isAway = (place: Place | null): boolean =>
  place !== null && !place.here && place.cloud === "whole";
