/** The dialect whose foreign parts and unknown fields reach Gemini and come from it. */
export const GOOGLE_DIALECT = "google.content";
