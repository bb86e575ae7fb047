# Norway, Oslo and all counties: number who ended, and share who went to work or education
curl --silent --globoff \
  "https://introstat.example/api/v2/tables/IP102/data?valuecodes[Tid]=top(1)&valuecodes[Region]=0,0301,??&valuecodes[ContentsCode]=Avsluttet,AndelArbeidUtdanning&outputFormat=csv&lang=en"
