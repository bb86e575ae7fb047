// JavaScript: a cell and its reason
const address = "https://introstat.example/api/v2/tables/IP102/data" +
  "?valuecodes[Tid]=top(1)&valuecodes[Region]=0,0301&valuecodes[ContentsCode]=Avsluttet&lang=en";
const data = await (await fetch(address)).json();
for (const [code, at] of Object.entries(data.dimension.Region.category.index)) {
  const sign = data.status[at];
  const shown = sign ? `${sign} ${data.extension.status.label[sign]}` : data.value[at];
  console.log(data.dimension.Region.category.label[code], shown);
}
