"""What the invented reviews are made of; {title}, {director} and {decade} are filled in."""

__all__ = [
    "ANY_GENRE",
    "BASED_ON",
    "CLOSINGS",
    "CRAFT",
    "DECADE",
    "DIRECTOR",
    "GENRE",
    "OPENINGS",
    "SETTING",
    "VISITS",
]

OPENINGS = {
    "good": (
        "What a joy to see {title} on a big screen.",
        "I had forgotten how good {title} is.",
        "I went in without expectations and came out beaming.",
        "{title} is the reason we need repertory cinemas.",
        "The whole row sat through the credits.",
        "Third time I have seen {title}, and it keeps getting better.",
        "My evening was saved by {title}.",
        "Even the man with the popcorn went quiet.",
        "Why did nobody tell me?",
        "I would have paid twice.",
        "Some films grow with you; {title} is one.",
        "Applause at the end, and deserved.",
        "I came for the air conditioning and stayed for {title}.",
        "Now I understand what the fuss is about.",
        "{title} has not lost any of its shine.",
    ),
    "fair": (
        "{title} is better than its reputation, and worse than its poster.",
        "Half of {title} is wonderful.",
        "I liked {title} more on the way home than while it lasted.",
        "A decent evening, no more and no less.",
        "There is a very good film somewhere inside {title}.",
        "My friend loved {title}; I checked the exits.",
        "I can see why others like it more.",
        "Not the masterpiece I remembered, but it has its moments.",
        "{title} does one thing well and does it often.",
        "I would see it again in ten years.",
        "Pleasant enough.",
    ),
    "bad": (
        "I wanted to like {title}.",
        "Some films are forgotten for a reason.",
        "{title} and I did not get along.",
        "Not even the big screen could help {title}.",
        "I stayed to the end so that you need not.",
        "The best part was the trailer before it.",
        "I admit that I dozed off, twice.",
        "There were nine of us at the start and four at the end.",
        "I have tried to find something nice to say.",
        "Perhaps {title} needs a different evening.",
    ),
}
DIRECTOR = {
    "good": (
        "{director} never puts the camera in the wrong place.",
        "You can tell within a minute that this is {director}'s work.",
        "{director} trusts the audience, and it pays.",
        "I shall now look for everything {director} has made.",
    ),
    "fair": (
        "{director} has done better, and worse.",
        "{director} seems to have lost interest in the last third.",
        "It feels as if {director} was of two minds about the ending.",
    ),
    "bad": (
        "I expected more from {director}.",
        "{director} explains everything twice.",
        "Whatever {director} had in mind, it stayed there.",
    ),
}
DECADE = {
    "good": (
        "Nobody has told it that the {decade} are over.",
        "It carries the {decade} in every frame, and I mean that kindly.",
        "One of the things the {decade} got right.",
    ),
    "fair": (
        "It is very much a child of the {decade}.",
        "The {decade} show, for better and worse.",
        "If you have a soft spot for the {decade}, add a star.",
    ),
    "bad": (
        "It might have seemed fresh in the {decade}.",
        "The {decade} have left better films behind.",
        "Let us leave this one in the {decade}.",
    ),
}
ANY_GENRE = {
    "good": ("It fits in no drawer, which is its charm.", "Hard to describe and easy to love."),
    "fair": ("I am still not sure what kind of film it wants to be.",),
    "bad": ("It never decides what kind of film it is.",),
}
GENRE = {
    "Drama": {
        "good": (
            "As a drama it earns every tear.",
            "The quiet scenes hit hardest.",
            "A drama in which people talk like people.",
        ),
        "fair": ("As a drama it works, if you forgive the speeches.", "The drama comes in waves."),
        "bad": ("For a drama there is little at stake.", "The drama stays on the surface."),
    },
    "Comedy": {
        "good": (
            "I laughed so much that my neighbour moved seats.",
            "A comedy whose jokes get better when you think about them.",
            "The timing is perfect.",
        ),
        "fair": (
            "One joke in two lands, a fair rate for a comedy.",
            "I smiled more than I laughed.",
        ),
        "bad": ("A comedy should be funny.", "I counted four laughs, one of them mine."),
    },
    "Action": {
        "good": (
            "The action is clear: you always know who is where.",
            "Action as dance.",
            "The chase alone is worth the ticket.",
        ),
        "fair": (
            "Once the action starts it rarely stops for thought.",
            "Loud, quick, forgettable.",
        ),
        "bad": ("So much action, so little reason.", "The action is cut to shreds."),
    },
    "Adventure": {
        "good": (
            "An adventure that makes you want to pack a bag.",
            "I was ten years old again.",
        ),
        "fair": ("The adventure takes its time to set out.", "Good for a rainy Sunday."),
        "bad": ("An adventure that goes nowhere.", "The map was more exciting than the journey."),
    },
    "Thriller/Suspense": {
        "good": (
            "I held my breath through the last reel.",
            "A thriller that plays fair and still fooled me.",
        ),
        "fair": ("The suspense holds, the solution does not.", "A thriller for the patient."),
        "bad": ("As a thriller it gives itself away early.", "The suspense was when it would end."),
    },
    "Horror": {
        "good": (
            "I walked home on the lit side of the street.",
            "Horror that works by what it does not show.",
        ),
        "fair": ("Two good scares, and some waiting between them.", "More eerie than frightening."),
        "bad": ("The only horror is the dialogue.", "Nobody in it has seen a horror film before."),
    },
    "Romantic Comedy": {
        "good": (
            "A romance with wit: bring somebody.",
            "They bicker beautifully.",
        ),
        "fair": ("You know how it ends, and do not mind.", "Sweet, with a little too much sugar."),
        "bad": ("Neither very romantic nor much of a comedy.", "I rooted for the best friend."),
    },
    "Musical": {
        "good": ("We hummed all the way to the tram.", "The numbers lift the roof."),
        "fair": ("The songs carry the story; somebody has to.",),
        "bad": ("I can remember none of the songs.",),
    },
    "Documentary": {
        "good": ("A documentary that lets people finish their sentences.", "I learned a lot."),
        "fair": ("A documentary with more material than questions.",),
        "bad": ("A documentary that had made up its mind beforehand.",),
    },
    "Western": {
        "good": ("A western with weather in it.", "All that sky, and a face in front of it."),
        "fair": ("A western by the book, and the book is a good one.",),
        "bad": ("A western that runs out of dust.",),
    },
    "Black Comedy": {
        "good": ("You laugh, then look round to see who noticed.", "Black as coffee, and as good."),
        "fair": ("More black than comedy.",),
        "bad": ("It mistakes nastiness for wit.",),
    },
    "Concert/Performance": {
        "good": ("People danced in the aisle.",),
        "fair": ("The sound was better than the pictures.",),
        "bad": ("The record is enough.",),
    },
}
BASED_ON = {
    "Based on Book/Short Story": "I must read what it is based on.",
    "Based on Real Life Events": "That it happened, more or less, makes it stranger.",
    "Based on Play": "One hears that it comes from the stage.",
    "Based on Comic/Graphic Novel": "It remembers that it was a comic once.",
    "Based on TV": "You need not know it from television.",
    "Based on Game": "You need not have played the game.",
    "Remake": "It is a remake, and knows it.",
    "Original Screenplay": "Nice to see something written for the screen.",
    "Traditional/Legend/Fairytale": "An old tale, told once more.",
    "Based on Musical/Opera": "It was on the stage before, and shows it gladly.",
}
SETTING = {
    "Science Fiction": "Its future has aged in interesting ways.",
    "Fantasy": "Its world has rules and keeps them.",
    "Historical Fiction": "The costumes are worn, not shown.",
    "Contemporary Fiction": "It could have happened in my street.",
    "Kids Fiction": "The children in front of us were spellbound.",
    "Super Hero": "Capes are involved.",
    "Dramatization": "I looked up afterwards what was true.",
}
CRAFT = {
    "good": (
        "The light in the last scene will stay with me.",
        "The music does what music should and then leaves.",
        "The supporting cast steals scene after scene.",
        "Not one scene too many.",
    ),
    "fair": (
        "The music tells you what to feel, in case you forget.",
        "Good faces in small parts.",
        "The middle sags, then it catches itself.",
    ),
    "bad": (
        "The music never stops.",
        "You could leave for ten minutes and miss nothing.",
        "The actors look as if they wait for a bus.",
    ),
}
VISITS = (
    "Seen in the Attic, where the chairs creak along.",
    "Seen in the Reiniger hall, second row.",
    "The print had a few scratches, which suited it.",
    "Seen with my mother, who disagrees.",
    "Good projection, as always here.",
    "Full house on a weekday!",
    "We were five in the hall, and had the best time.",
)
CLOSINGS = {
    "good": (
        "Go and see it.",
        "Please keep it on the programme.",
        "I shall be back on Thursday.",
        "Worth every cent.",
        "Take a friend along.",
        "I would not change a thing.",
        "More of this, please.",
        "I left with a spring in my step.",
    ),
    "fair": (
        "Three stars, one of them for the hall.",
        "See it if it rains.",
        "I do not regret it.",
        "Once is enough.",
        "Fine for a Tuesday.",
        "The talk afterwards was better than the film.",
    ),
    "bad": (
        "Next time I read the programme first.",
        "The bar was nice, though.",
        "Others clapped, so what do I know.",
        "I want the evening back.",
    ),
}
