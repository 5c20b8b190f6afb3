"""English words that demo customers are made of. Every person and company is invented."""

SURNAMES = (
    "Abbott Baker Carter Dawson Ellis Foster Grant Hughes Ingram Jenkins Keller Lawson Mercer Novak Osborne Porter "
    "Quinn Reed Sawyer Turner Underwood Vance Walsh Young Zimmerman Okafor Lindqvist Moreau Rossi Nakamura"
).split()
GIVEN_FEMALE = (
    "Alice Beth Clara Diana Emma Fiona Grace Helen Iris Julia Karen Laura Maya Nora Olivia Priya".split()
)
GIVEN_MALE = (
    "Adam Brian Colin David Ethan Frank George Henry Ivan James Kevin Liam Martin Noah Oscar Peter".split()
)

BRANDS = (
    "Harbor Northwind Summit Redwood Beacon Ironbridge Lakeside Meridian Pinnacle Silverline Cobalt Juniper Westgate "
    "Orchard Falcon Granite Horizon Kestrel Larkspur Maple"
).split()
INDUSTRIES = {
    "Machinery": "Manufacturing",
    "Systems": "Information technology",
    "Foods": "Food and drink",
    "Medical": "Health care",
    "Logistics": "Transport",
    "Building Supplies": "Construction",
    "Energy": "Energy",
    "Packaging": "Packaging",
    "Trading": "Wholesale",
}
SUFFIXES = ("Ltd", "Inc.", "LLC", "GmbH", "& Sons")

PLACES = (
    ("England", "London", ("Camden", "Hackney", "Southwark"), ""),
    ("England", "Manchester", ("Salford", "Didsbury"), ""),
    ("Scotland", "Edinburgh", ("Leith", "Morningside"), ""),
    ("New York", "New York", ("Manhattan", "Brooklyn", "Queens"), ""),
    ("Illinois", "Chicago", ("The Loop", "Lincoln Park"), ""),
    ("California", "San Francisco", ("Mission", "SoMa"), ""),
    ("Bavaria", "Munich", ("Schwabing", "Sendling"), ""),
)
STREETS = (
    "High Street",
    "Station Road",
    "Market Street",
    "Mill Lane",
    "Park Avenue",
    "Church Road",
    "Canal Street",
)
TITLES = (
    "Purchasing manager",
    "Managing director",
    "Operations lead",
    "Finance manager",
    "Office manager",
    "CTO",
)

PURPOSES = ("Routine call", "Quarterly planning", "New product", "Contract renewal", "Delivery follow-up")
SUMMARIES = (
    "Went through the {season} plan; they expect about a fifth more and want delivery within three weeks.",
    "Last shipment fully accepted; two damaged cartons, replacement agreed.",
    "Showed the new range. {person} is price sensitive and asked for two quotes.",
    "Renewal terms almost settled: payment down to 45 days, waiting for their lawyer.",
    "They find support slow to answer; handed to service, promised a reply within two working days.",
    "{person} has enough stock for now; look again next month.",
    "Statement reconciled, the balance should arrive by month end.",
    "Samples tested well; their engineers would like a training day on site.",
)
NEXT_STEPS = (
    "Send the revised quote",
    "Ask how the samples did",
    "Visit to confirm the contract",
    "Call about the delivery date",
    "Send the technical proposal",
    "Arrange the training day",
)
RESULTS = ("Agreed in principle", "Keep following up", "Solved", "Waiting for their decision", "")
SEASONS = ("first-quarter", "second-quarter", "third-quarter", "fourth-quarter")
REMARKS = ("Visitors register at the gate", "Prefers email", "", "", "")
