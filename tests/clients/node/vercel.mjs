// One edit by Vercel's AI SDK; address and key come from the environment.
import fs from "node:fs";
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, RetryError, generateImage } from "ai";

const [photo, second] = process.argv.slice(2);
const openai = createOpenAI({
  baseURL: process.env.OPENAI_BASE_URL,
  apiKey: process.env.OPENAI_API_KEY,
});

try {
  const { images } = await generateImage({
    model: openai.image("gpt-image-2"),
    prompt: {
      text: "a warmer evening, same pose and framing",
      images: [photo, second].filter(Boolean).map((path) => fs.readFileSync(path)),
    },
  });
  console.log(JSON.stringify({ pictures: images.map((each) => each.base64) }));
} catch (error) {
  const last = RetryError.isInstance(error) ? error.lastError : error;
  if (!APICallError.isInstance(last)) throw error;
  console.log(JSON.stringify({ failed: error.name, status: last.statusCode, ...JSON.parse(last.responseBody).error }));
}
