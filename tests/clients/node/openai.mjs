// One edit by OpenAI's library for Node; address and key come from the environment.
import fs from "node:fs";
import OpenAI, { AzureOpenAI, toFile } from "openai";

const [way, photo, second] = process.argv.slice(2);
const client = way === "azure" ? new AzureOpenAI({ deployment: "gpt-image-2", apiVersion: "2025-04-01-preview" }) : new OpenAI();
const asked = { model: "gpt-image-2", prompt: "a warmer evening, same pose and framing" };

async function edit() {
  if (way === "toFile") {
    return client.images.edit({ ...asked, image: await toFile(fs.readFileSync(photo), null, { type: "image/png" }) });
  }
  if (way === "list") {
    return client.images.edit({ ...asked, image: [fs.createReadStream(photo), fs.createReadStream(second)] });
  }
  return client.images.edit({ ...asked, image: fs.createReadStream(photo) });
}

async function stream() {
  const events = await client.images.edit({
    ...asked,
    image: fs.createReadStream(photo),
    stream: true,
    partial_images: 2,
  });
  const kinds = [];
  const data = [];
  for await (const event of events) {
    kinds.push(event.type);
    data.push(event);
  }
  return { kinds, data };
}

try {
  const answer = way === "stream" ? await stream() : await edit();
  const pictures = answer.data.map((each) => each.b64_json);
  console.log(JSON.stringify({ pictures, kinds: answer.kinds }));
} catch (error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  console.log(JSON.stringify({ failed: error.constructor.name, status: error.status, ...error.error }));
}
